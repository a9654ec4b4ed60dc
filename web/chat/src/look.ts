/** What the chat looks like and how it speaks, for pages around it. */
export { copy } from "./clipboard.js";
export { icon } from "./icon.js";
export { Locale } from "./locale.js";
export { controls } from "./styles/controls.js";
export { theme } from "./styles/theme.js";
