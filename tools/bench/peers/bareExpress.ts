/** A bare Express app that parses the same bodies and stores nothing: the cost of HTTP alone. */
import type { AddressInfo } from 'node:net';
import express from 'express';

const app = express();
app.use(express.json());
app.post('/v1/feedback', (request, response) => {
  response.status(202).json({ id: request.body.id, status: 'accepted' });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`API http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
