// @ts-check
// Runs calls of CompreFace's JavaScript client, unmodified: each line of standard input names one, each line of standard
// output answers it. The first two arguments are the site's host, with its scheme, and its port.
import { createInterface } from "node:readline";

import { CompreFace } from "@exadel/compreface-js-sdk";

console.log = console.error; // the client prints its key and address to where the answers go

/**
 * A service of the client; it changes its own address with some calls, so each call has a new one.
 * @param {{ service: string, key: string, options: any }} call
 * @returns {any}
 */
function service({ service, key, options }) {
  const [host, port] = process.argv.slice(2);
  /** @type {any} */ // the types that come with the client are behind it: they lack the subjects
  const client = new CompreFace(host ?? "", Number(port), options);
  switch (service) {
    case "recognition":
      return client.initFaceRecognitionService(key);
    case "faces":
      return client.initFaceRecognitionService(key).getFaceCollection();
    case "subjects":
      return client.initFaceRecognitionService(key).getSubjects();
    case "detection":
      return client.initFaceDetectionService(key);
    case "verification":
      return client.initFaceVerificationService(key);
    default:
      throw new Error(`The client has no service ${service}`);
  }
}

/**
 * What a call came to: the site's answer, the site's refusal, or what the client itself threw.
 * @param {any} call
 */
async function outcome(call) {
  try {
    return { answer: await service(call)[call.name](...call.values) };
  } catch (/** @type {any} */ error) {
    return error.response ? { status: error.response.status, refusal: error.response.data } : { thrown: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await outcome(JSON.parse(line)))}\n`);
}
