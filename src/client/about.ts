declare const __APP_VERSION__: string;

/** Version of the app that runs. */
export const APP_VERSION: string = __APP_VERSION__;

/** Libraries whose code is in the app, under one licence text. */
export interface Licence {
  licence: string;
  text: string;
  /** Name and version of each. */
  libraries: string[];
}

/** What is in the app and under which licences, as the build wrote it. @throws when the file can't be read */
export async function licences(): Promise<Licence[]> {
  const response = await fetch(new URL('licences.json', document.baseURI));
  return (await response.json()) as Licence[];
}
