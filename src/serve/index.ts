export { type Serving, serveReports } from './server.ts';
