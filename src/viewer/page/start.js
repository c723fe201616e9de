// Starts Swagger UI. Its logo brings a <style> element along, which the page's policy refuses: it is replaced.
'use strict';

async function start() {
  const config = await (await fetch('config.json')).json();
  SwaggerUIBundle({
    ...config,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl, () => ({ components: { Logo: () => 'Countersign' } })],
  });
}

start().catch((error) => {
  document.getElementById('swagger-ui').textContent = `The list of documents cannot be read (${error.message}).`;
});
