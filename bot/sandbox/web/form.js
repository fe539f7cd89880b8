/**
 * What a person has typed, chosen and unfolded in one message or view.
 *
 * It outlives redraws: an input that comes again with the same block_id, action_id and type keeps its value, any other
 * begins with its initial value (Slack: views.update, preserving input entry). Draw between `begin` and `end`.
 */
export class Form {
  #values = new Map();
  #seen = new Set();

  begin() {
    this.#seen.clear();
  }

  end() {
    for (const key of this.#values.keys()) if (!this.#seen.has(key)) this.#values.delete(key);
  }

  /** Return the value that an element shows now: the kept one, else `initial`. */
  take(block, element, initial) {
    const key = JSON.stringify([block, element.action_id ?? "", element.type]);
    this.#seen.add(key);
    if (!this.#values.has(key)) this.#values.set(key, initial);
    return this.#values.get(key);
  }

  set(block, element, value) {
    this.#values.set(JSON.stringify([block, element.action_id ?? "", element.type]), value);
  }

  /** Return every input's value as {block_id: {action_id: value}}; what only folds is left out. */
  state() {
    const state = {};
    for (const [key, value] of this.#values) {
      const [block, action, type] = JSON.parse(key);
      if (type === FOLD) continue;
      state[block] ??= {};
      state[block][action] = value;
    }
    return state;
  }

  /** Tell whether something folded is open, `initial` at first. */
  isOpen(block, initial) {
    return this.take(block, { type: FOLD }, initial);
  }

  setOpen(block, open) {
    this.set(block, { type: FOLD }, open);
  }
}

const FOLD = "fold";
