// PostgreSQL with pgvector for tests: PGlite behind PostgreSQL's wire protocol.
//
//   node pglite-bridge.mjs FOLDER    FOLDER has the node_modules with @electric-sql/pglite and pglite-pgvector
//
// Prints PORT=n once it listens on 127.0.0.1, and ends when its standard input does: with the test that started it.
//
// PGlite is one backend in one process. Its stock socket server breaks on COPY FROM STDIN, for the backend cannot wait for more
// bytes in the middle of a statement: here a COPY goes to it in one piece, together with its data. Connections take turns, a
// transaction each, as behind a pooler; what a session would keep beyond a transaction, the next one may see.
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';

const require = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const { PGlite } = require('@electric-sql/pglite');
const { vector } = require('@electric-sql/pglite-pgvector');

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const IDLE = 'I'.charCodeAt(0);

const database = new PGlite('memory://', { extensions: { vector } });
await database.waitReady;

function message(type, body) {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type, 0, 'latin1');
  bytes.writeInt32BE(4 + body.length, 1);
  body.copy(bytes, 5);
  return bytes;
}

/** What the backend answers. */
async function ask(bytes) {
  const parts = [];
  await database.execProtocolRawStream(bytes, { syncToFs: false, onRawData: (part) => parts.push(Buffer.from(part)) });
  return Buffer.concat(parts);
}

/** The status of the last ReadyForQuery of an answer, or 0. */
function status(answer) {
  let last = 0;
  for (let at = 0; at + 5 <= answer.length; at += 1 + answer.readInt32BE(at + 1)) {
    if (answer[at] === 'Z'.charCodeAt(0)) {
      last = answer[at + 5];
    }
  }
  return last;
}

/** Whose turn it is, and who waits for it. */
const turns = {
  owner: null,
  waiting: [],
  take(connection) {
    if (this.owner === null || this.owner === connection) {
      this.owner = connection;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.waiting.push({ connection, resolve }));
  },
  give(connection) {
    this.waiting = this.waiting.filter((other) => other.connection !== connection);
    if (this.owner === connection) {
      const next = this.waiting.shift();
      this.owner = next ? next.connection : null;
      next?.resolve();
    }
  },
};

class Connection {
  constructor(socket) {
    this.socket = socket;
    this.received = Buffer.alloc(0);
    this.started = false;
    this.ended = false;
    this.held = []; // of an extended query, until its Sync; of a COPY, until its end
    this.copying = false;
    this.work = Promise.resolve();
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.receive(bytes));
    socket.on('error', () => {});
    socket.on('close', () => this.end());
  }

  receive(bytes) {
    this.received = this.received.length ? Buffer.concat([this.received, bytes]) : bytes;
    for (;;) {
      const head = this.started ? 1 : 0; // only the first messages have no type in front
      if (this.received.length < head + 4) {
        return;
      }
      const length = head + this.received.readInt32BE(head);
      if (this.received.length < length) {
        return;
      }
      const next = this.received.subarray(0, length);
      this.received = this.received.subarray(length);
      const first = !this.started;
      this.started ||= ![SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST].includes(next.readInt32BE(4));
      this.work = this.work
        .then(() => (first ? this.start(next) : this.handle(next)))
        .catch((error) => {
          console.error(error);
          this.socket.destroy();
        });
    }
  }

  async start(request) {
    switch (request.readInt32BE(4)) {
      case SSL_REQUEST:
      case GSS_REQUEST:
        this.socket.write('N');
        break;
      case CANCEL_REQUEST:
        this.socket.end();
        break;
      default:
        await this.pass(request);
    }
  }

  async handle(next) {
    const type = String.fromCharCode(next[0]);
    if (type === 'X') {
      this.socket.end();
    } else if (this.copying) {
      await this.copy(type, next);
    } else if (type === 'Q' && /^\s*copy\s[^;]*\sfrom\s+stdin/i.test(next.toString('utf8', 5))) {
      await turns.take(this);
      this.copying = true;
      this.held = [next];
      const binary = /binary/i.test(next.toString('utf8', 5)) ? 1 : 0;
      this.socket.write(message('G', Buffer.from([binary, 0, 0])));
    } else if ('PBDEC'.includes(type)) {
      this.held.push(next);
    } else {
      const all = Buffer.concat([...this.held, next]);
      this.held = [];
      await this.pass(all);
    }
  }

  async copy(type, next) {
    if (!'dcf'.includes(type)) {
      return;
    }
    this.held.push(next);
    if (type !== 'd') {
      const all = Buffer.concat(this.held);
      this.held = [];
      this.copying = false;
      await this.pass(all, (answer) =>
        answer[0] === 'G'.charCodeAt(0) ? answer.subarray(1 + answer.readInt32BE(1)) : answer,
      );
    }
  }

  async pass(bytes, change = (answer) => answer) {
    await turns.take(this);
    if (this.ended) {
      turns.give(this);
      return;
    }
    const answer = change(await ask(bytes));
    this.socket.write(answer);
    if (status(answer) === IDLE) {
      turns.give(this);
    }
  }

  /** As a server does whose client is gone: what was not committed is taken back. */
  async end() {
    this.ended = true;
    await this.work;
    if (turns.owner === this) {
      await ask(message('Q', Buffer.from('ROLLBACK\0')));
    }
    turns.give(this);
  }
}

const server = net.createServer((socket) => new Connection(socket));
server.listen(0, '127.0.0.1', () => console.log(`PORT=${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
