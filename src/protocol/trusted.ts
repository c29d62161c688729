interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

/** Where a worker may come from: this site alone. The one policy beside Svelte's own that `service/policy` allows. */
const rules: ScriptUrlPolicy = {
  createScriptURL(url) {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError(`not this site: ${url}`);
    return url;
  },
};

let policy: ScriptUrlPolicy | undefined;

/** Made when a worker is first started: a page's policy of one name can be made once. */
function policyOf(): ScriptUrlPolicy {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy('scoredesk', rules) ?? rules;
}

/** The address of a worker's script, as the policy of trusted types wants it (where the browser knows them). */
export const trustedScript = (url: string): string => (policy ??= policyOf()).createScriptURL(url);
