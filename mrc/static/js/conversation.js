// A conversation opens at its newest words.

export function showNewest() {
  const newest = document.querySelector(".bubbles > :last-child");
  if (newest && !location.search.includes("cursor=")) newest.scrollIntoView({ block: "center" });
}
