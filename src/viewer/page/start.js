// Starts Swagger UI, with what it does otherwise:
// - its logo brings a <style> element along, which the page's policy refuses: it is replaced;
// - a document that this server does not answer is for reading only.
'use strict';

function ours(readOnly) {
  return (system) => ({
    components: { Logo: () => 'Countersign' },
    statePlugins: {
      spec: {
        wrapSelectors: {
          allowTryItOutFor: (original) => (...args) => {
            const document = new URL(system.specSelectors.url(), window.location.href).pathname;
            return !readOnly.includes(document) && original(...args);
          },
        },
      },
    },
  });
}

async function start() {
  const { readOnly, ...config } = await (await fetch('config.json')).json();
  SwaggerUIBundle({
    ...config,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl, ours(readOnly)],
  });
}

start().catch((error) => {
  document.getElementById('swagger-ui').textContent = `The list of documents cannot be read (${error.message}).`;
});
