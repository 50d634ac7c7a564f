// Entry of sign-in and public pages: menus, copy buttons, printing. No htmx.
import { start } from "./controls.js";

start();
