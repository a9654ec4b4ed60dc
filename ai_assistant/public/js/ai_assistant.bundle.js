import "../../../web/desk/src/opener.ts";
