/*
 * Node's http and https as `require` gives them. An `import` of "node:http" reads every name that it exports, also those
 * that load a fetch and a WebSocket of Node's own only when somebody asks: 14 MB and 55 ms for each process (Node 24.21).
 */
export const http = process.getBuiltinModule("node:http");
export const https = process.getBuiltinModule("node:https");
