import "./live.js";
import "./providers.js";
import "./runs.js";
import "./users.js";
