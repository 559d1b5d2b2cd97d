// Progressive enhancement: every page works without script. One module for each feature, no dependencies, no build step: the
// program puts the modules together when it starts and serves them as one file under a hashed name.

import { addRows } from "./rows.js";
import { calendar } from "./calendar.js";
import { closeMenus } from "./menus.js";
import { copy } from "./copy.js";
import { countCharacters } from "./counter.js";
import { countTicks } from "./count-ticks.js";
import { each } from "./dom.js";
import { focusErrors } from "./errors.js";
import { forget } from "./recent.js";
import { guardChanges } from "./unsaved.js";
import { ignoreSecondSubmit } from "./resubmit.js";
import { judgePassword } from "./strength.js";
import { moveOnAtSeparators } from "./date-parts.js";
import { offerDateShortcuts } from "./date-shortcuts.js";
import { offerPalette } from "./palette.js";
import { offerPrint } from "./print.js";
import { orderByMore } from "./sort.js";
import "./row-selection.js";
import { twoLists } from "./two-lists.js";
import { reference } from "./reference.js";
import { refresh } from "./refresh.js";
import { revealPassword } from "./password.js";
import { storeNote } from "./note.js";
import { submitOnChange } from "./autosubmit.js";
import { tellOthers, warnOfSessionEnd } from "./session-warning.js";
import { watchProgress } from "./progress.js";
import { week } from "./week.js";

each("[data-reference]", reference);
each("[data-two-lists]", twoLists);
each("a[data-sort-add]", orderByMore);
each("[data-date-shortcuts]", offerDateShortcuts);
each("[data-date-parts]", moveOnAtSeparators);
each("[data-max]", countCharacters);
each("form[data-count]", countTicks);
each("[data-progress]", watchProgress);
each("[data-rows]", addRows);
each("[data-calendar]", calendar);
each("[data-week]", week);
each("[data-refresh]", refresh);
each("form[data-guard]", guardChanges);
each("form[data-note]", storeNote);
each("button[data-reveal]", revealPassword);
each("input[data-least]", judgePassword);
each("[data-palette]", offerPalette);
each("button[data-print]", offerPrint);
each("button[data-copy]", copy);
each("template[data-session-warning]", warnOfSessionEnd);
if (!document.querySelector("[data-palette]")) { // the sign-in page: the next person starts without a history
  forget();
  tellOthers();
}
ignoreSecondSubmit();
submitOnChange();
closeMenus();
focusErrors();
