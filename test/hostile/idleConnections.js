// Opens idle connections in a separate process, since each end of one takes a file descriptor. Prints how many it opened.
import { connect } from 'node:net';

const [url, wanted] = process.argv.slice(2);
const { hostname, port } = new URL(url);
let open = 0;
const sockets = [];
const openOne = () =>
  new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      open++;
      resolve();
    });
    socket.on('error', resolve);
    sockets.push(socket);
  });
for (let n = 0; n < Number(wanted); n += 200) await Promise.all(Array.from({ length: 200 }, openOne));
process.stdout.write(`${open} open\n`);
setInterval(() => {}, 1_000);
