import "../../../web/desk/src/chat.ts";
