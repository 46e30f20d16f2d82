// Its job is declared when the module is loaded.
import './performing.ts';

export type { Act } from './acts.ts';
export { askAct, listAskedActs, newActId, readOutcome, type AskedAct } from './asking.ts';
