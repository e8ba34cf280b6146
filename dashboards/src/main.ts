import "./fonts.css";
import "./tokens.css";
import "./base.css";
import "./room/supervision/room.css";
import { openRoom } from "./room/supervision/room.ts";

const root = document.getElementById("app");
if (root) openRoom(root);
