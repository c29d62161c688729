import { mount } from 'svelte';
import App from './pages/App.svelte';
import FramedPage from './pages/FramedPage.svelte';
import { locale } from './state/locale.svelte';
import { offline } from './state/offline.svelte';
import { restoreSettings } from './state/settings';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
// Headers forbid frames once the service worker, or a host that sends them, is in charge; a first visit may lack both.
const framed = window.top !== window;
if (!framed) offline.start();
await locale.need('shell');
const tooOld = document.documentElement.dataset['tooOld'] !== undefined;
if (target && !tooOld) mount(framed ? FramedPage : App, { target });
void restoreSettings();
// What can go wrong is said in words that nobody waits for.
void locale.need('errors').catch(() => undefined);
