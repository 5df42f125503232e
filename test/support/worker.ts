// The Worker that the tests run inside of; they call the app themselves.
export default { fetch: () => new Response(null, { status: 404 }) };
