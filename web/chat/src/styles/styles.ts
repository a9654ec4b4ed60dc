import { composer } from "./composer.js";
import { controls } from "./controls.js";
import { layout } from "./layout.js";
import { markdown } from "./markdown.js";
import { sources } from "./sources.js";
import { theme } from "./theme.js";
import { thread } from "./thread.js";

/** All that the chat looks like. */
export const styles = [theme, layout, controls, thread, sources, markdown, composer];
