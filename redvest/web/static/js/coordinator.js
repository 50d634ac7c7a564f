// Entry of the coordinators' screens.
import { start as confirms } from "./confirm.js";
import { start as connection } from "./connection.js";
import { start as controls } from "./controls.js";
import { start as htmxSetup } from "./htmx-setup.js";
import { start as live } from "./live.js";
import { start as toasts } from "./toast.js";

for (const start of [htmxSetup, connection, controls, confirms, toasts, live]) start();
