"""The catalogue of reasons why a delivery did not arrive: whole sentences for people, without secrets."""

from __future__ import annotations

from enum import StrEnum

from streams.pipeline.reasons import Sentence


class ChannelReason(StrEnum):
    """One or two sentences each; `said` fills in the words in braces."""

    # Where a channel may lead
    NETWORK = "{host} leads into a network that is not allowed for channels; CHANNEL_NETWORKS names those that are."
    IN_CLEAR = "An address outside of this site's networks begins with https://: http:// can be read on its way."
    SCHEME = "The address of a webhook begins with https:// or http://."
    NO_HOST = "The address names no host."
    UNREADABLE_ADDRESS = "The address cannot be read."
    LOGIN_IN_ADDRESS = "The address of a webhook holds no user and no password: the signature says who calls."
    SEAL_BROKEN = "The channel's stored secrets cannot be opened with the keys of this site: enter them again."
    TOO_LONG = "It took longer than {within_s:.0f} s."
    SURPRISE = "The message could not be made: the worker's log says why."

    # What a receiver answers
    ANSWERED = "The receiver answered with error {status:d}."
    REDIRECTS = "The receiver redirects to another address ({status:d}), which is not followed: enter that address."
    NOT_HTTP = "What answers at this address does not speak HTTP."
    CERTIFICATE = "The receiver's certificate is not trusted: {why}."
    BAD_CERTIFICATE = "The certificate cannot be read: it begins with -----BEGIN CERTIFICATE-----."

    # E-mail
    NO_MAIL_SERVER = "This site has no mail server: the setting EMAIL_URL names it."
    RECIPIENTS = "Write 1 to {most:d} addresses."
    NO_RECIPIENT = "“{text}” is no e-mail address."
    MAIL_REFUSED = "The mail server refused it with error {status:d}."
    MAIL_FAILED = "The mail server did not take it."
    MAIL_NOT_TO_ALL = "The mail server took it for others, and refused {who}."
    MAIL_SERVER = "The mail server cannot be reached: {why}"

    # MQTT
    NO_BROKER = "Write the broker's name or address, without mqtt:// and without a port."
    BAD_TOPIC = "A topic has letters, digits, - and _, with / between its parts."
    NODE_TAKEN = (
        "Devices of another site on this broker have the same names: its topics begin with nearly the same, with _ for "
        "/. Let one begin with something else."
    )
    PASSWORD_AGAIN = "The broker has changed: enter its password again."  # noqa: S105
    BROKER_IN_CLEAR = "Outside of this site's networks a broker is reached with encryption only: switch it on."
    BROKER_AWAY = "The broker cannot be reached."
    BROKER_SILENT = "The broker did not confirm the message within {within_s:.0f} s."
    BROKER_REFUSES = "The broker refuses the connection: {why}."

    # Services through Apprise
    UNKNOWN_SERVICE = "The address begins with one of these words: {known}."
    BAD_SERVICE_ADDRESS = "{service} cannot be reached with this address: a part of it is missing, or cannot be right."
    SERVICE_ANSWERED = "{service} answered with error {status:d}."
    SERVICE_SILENT = "{service} could not be reached, or did not take the message."
    SERVICE_SLOW = "{service} did not answer within {within_s:.0f} s."
    SERVICE_BROKE = "What sends to {service} ended by itself."

    def said(self, **words: object) -> Sentence:
        return Sentence(self.value.format(**words))


def repeated(said: str) -> Sentence:
    """Returns a sentence that another process of ours made with `ChannelReason.said`."""
    return Sentence(said[:300])
