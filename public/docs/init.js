// Starts the documentation. No validator, no fonts, no logo from elsewhere: the page asks this host only.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  withCredentials: true,
});
