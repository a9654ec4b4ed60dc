import { offerChat } from "../../../web/desk/src/opener.ts";

// the name is here, for Frappe looks for texts to translate in the app's own folders only
offerChat(__("AI Assistant"));
