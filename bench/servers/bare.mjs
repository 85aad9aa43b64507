// node:http with one fixed answer.
import { createServer } from 'node:http';

const ANSWER = Buffer.from(JSON.stringify({ response: 'Hey alice, You are seeing a GET response' }));
const HEADERS = { 'content-type': 'application/json', 'content-length': ANSWER.length };

createServer((_request, response) => {
  response.writeHead(200, HEADERS).end(ANSWER);
}).listen(Number(process.env.PORT), '127.0.0.1');
