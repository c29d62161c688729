import { mount } from 'svelte';
import App from './pages/App.svelte';
import { offline } from './state/offline.svelte';
import './styles/tokens.css';
import './styles/base.css';

const target = document.getElementById('app');
offline.start();
if (target) mount(App, { target });
