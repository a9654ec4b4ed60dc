/** What the chat looks like, for pages around it. */
export { icon } from "./icon.js";
export { controls } from "./styles/controls.js";
export { theme } from "./styles/theme.js";
