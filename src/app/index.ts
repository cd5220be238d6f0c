export { type Served, serveHttp } from './server.ts';
