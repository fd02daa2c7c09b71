// The only place that makes elements. Text goes in as text nodes, never as markup: what builds, apps and hosts
// call themselves cannot become part of the page.

/** An element with attributes; a string child becomes text, null is left out. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  setAttributes(node, attributes)
  node.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return node
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag)
  setAttributes(node, attributes)
  node.append(...children)
  return node
}

/**
 * Makes `parent` hold one child an item, in order. A child stays the same element as long as its item's key is there,
 * so that focus and selection survive; `update(child, item)` fills it.
 */
export function reconcile(parent, items, { key, create, update }) {
  const existing = new Map([...parent.children].map((child) => [child.dataset.key, child]))
  let position = parent.firstElementChild
  for (const item of items) {
    const id = String(key(item))
    const child = existing.get(id) ?? create(item)
    existing.delete(id)
    child.dataset.key = id
    update(child, item)
    if (child === position) position = position.nextElementSibling
    else parent.insertBefore(child, position)
  }
  for (const child of existing.values()) child.remove()
}

/** Replaces the text only when it differs, so that a screen reader hears news alone. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else node.setAttribute(name, value === true ? '' : value)
  }
}
