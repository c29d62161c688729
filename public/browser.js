// Runs before the app, in any browser: the app's own files can't be read by those that are too old for them.
(function () {
  // Safari 16.4, Firefox 113 and Chrome 97 were the first to have these; workers of modules came with Firefox 114.
  var fits =
    typeof CompressionStream === 'function' && 'findLast' in Array.prototype && 'indexedDB' in window;
  if (fits) return;
  document.documentElement.setAttribute('data-too-old', '');
  document.addEventListener('DOMContentLoaded', function () {
    var french = /^fr/i.test(navigator.language || '');
    document.documentElement.lang = french ? 'fr' : 'en';
    document.getElementById('app').textContent = french
      ? 'Ce navigateur est trop ancien pour Scoredesk. Il faut Safari 16.4, Firefox 115, Chrome ou Edge 109, ou plus récent\u00a0: mettez-le à jour, ou ouvrez ce lien dans un autre.'
      : 'This browser is too old for Scoredesk. It takes Safari 16.4, Firefox 115, Chrome or Edge 109, or newer: update it, or open this link in another one.';
  });
})();
