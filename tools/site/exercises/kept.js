// Progress, in this browser alone. Where nothing can be kept, the page works all the same.
const PLACE = "gnomon-exercises";

function all() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE));
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

/** How an exercise stands: state ("", "open", "scanned", "solved"), hints, and the answer that is being written. */
export function kept(id) {
  const entry = all()[id];
  const { state = "", hints = 0, answer = null } = entry && typeof entry === "object" ? entry : {};
  return { state: String(state), hints: Math.max(0, Number(hints) || 0), answer };
}

export function keep(id, changes) {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ ...all(), [id]: { ...kept(id), ...changes } }));
  } catch {
    // full, or forbidden
  }
}
