// The entry of every page. Pages work without any of this; each module makes one thing quicker or safer.
// Modules listen on the document, so what htmx swaps in works without being told.

import { sayReadily } from "./answers.js";
import { showNewest, tellPresence, tellSize } from "./conversation.js";
import { keepDrafts } from "./drafts.js";
import { countMinutes } from "./elapsed.js";
import { mindMenus } from "./menus.js";
import { followChips } from "./numbers.js";
import { understandPhones } from "./phone.js";
import { pollQuietly } from "./poll.js";
import { hearShortcuts } from "./shortcuts.js";
import { submitOnce } from "./submit.js";

document.documentElement.classList.add("has-script");
submitOnce();
keepDrafts();
hearShortcuts();
mindMenus();
countMinutes();
understandPhones();
followChips();
pollQuietly();
showNewest();
tellPresence();
tellSize();
sayReadily();
document.getElementById("error-summary")?.focus();
