import { SiteTabs } from '../client/tabs';

/** This tab's line to the others. */
export const tabs = new SiteTabs();
