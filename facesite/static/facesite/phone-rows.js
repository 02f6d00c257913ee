// Gives every cell of a table of the admin the name of its column, so that a phone can show each row as a card.
// Without this script a wide table scrolls sideways within its frame.
// @ts-check

/** @param {HTMLTableElement} table */
function nameCells(table) {
  const names = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) => (head.querySelector(".text") ?? head).textContent?.trim() ?? "");
  for (const row of table.tBodies[0]?.rows ?? []) {
    [...row.cells].forEach((cell, index) => {
      const name = cell.matches(".action-checkbox, .original") ? "" : names[index];
      if (name) cell.dataset["column"] = name;
    });
  }
  table.classList.add("as-cards");
}

document.querySelectorAll(".results table, .inline-group table").forEach((table) => nameCells(/** @type {HTMLTableElement} */ (table)));

export {};
