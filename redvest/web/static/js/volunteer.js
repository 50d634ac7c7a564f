// Entry of the volunteer's screens: as the coordinators', plus the outbox and the service worker.
import "./coordinator.js";
import { start as outbox } from "./outbox.js";
import { start as offline } from "./offline.js";

outbox();
offline();
