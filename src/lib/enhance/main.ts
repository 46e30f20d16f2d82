/**
 * What a page does beyond what the browser does by itself. Every page works without this file: it makes pages live,
 * saves reloads, and adds the keyboard. It holds no words; those stand in the page, from the message catalogue.
 */
import { followCharts } from './charts.ts';
import { hearLaunchKeys } from './launch-keys.ts';
import { goLive } from './live.ts';
import { watchNavigation } from './navigation.ts';
import { mendOverlays } from './overlays.ts';
import { openPalette } from './palette.ts';
import { keepPreferences } from './preferences.ts';
import { offerPrinting } from './print.ts';
import { watchSubmits } from './submits.ts';

keepPreferences();
watchSubmits();
watchNavigation();
mendOverlays();
openPalette();
hearLaunchKeys();
followCharts();
offerPrinting();
goLive();

// A page that is shown when the network is gone. Nothing waits for it.
if ('serviceWorker' in navigator && isSecureContext) {
	addEventListener('load', () => {
		navigator.serviceWorker.register('/service-worker.js', { type: 'module' }).catch(() => {
			// Some browsers refuse workers in private windows; the page needs none.
		});
	});
}
