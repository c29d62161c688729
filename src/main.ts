import { mount } from 'svelte';
import App from './pages/App.svelte';
import { locale } from './state/locale.svelte';
import { offline } from './state/offline.svelte';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
offline.start();
await locale.need('shell');
if (target) mount(App, { target });
// What can go wrong is said in words that nobody waits for.
void locale.need('errors').catch(() => undefined);
