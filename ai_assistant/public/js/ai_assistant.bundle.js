import "../../../web/desk/src/navbar.ts";
