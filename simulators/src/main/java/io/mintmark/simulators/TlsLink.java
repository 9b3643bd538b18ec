package io.mintmark.simulators;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** One connection of a {@link LoadLoop}. Used on the loop's thread only. */
final class TlsLink {

  /** Who holds a link. Called on the loop's thread. */
  interface Owner {

    /**
     * The handshake is through. What is sent on this link now leaves together with its last message;
     * nothing may be sent on another.
     */
    void opened(TlsLink link);

    /** Something has come; what is not read now is lost. */
    void received(TlsLink link, ByteBuffer plain);

    /**
     * It is over, and not by {@link TlsLink#close}.
     *
     * @param why one line that names no device; null if the other side ended it after the handshake
     */
    void ended(TlsLink link, String why);
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final LoadLoop loop;
  private final SocketChannel channel;
  private final SSLEngine engine;
  private final Owner owner;
  private SelectionKey key;

  /** Part of a record; null if there is none. */
  private byte[] rest;

  /** What the socket did not take; null if there is none. */
  private ByteBuffer unsent;

  private boolean open;

  TlsLink(LoadLoop loop, SocketChannel channel, SSLEngine engine, Owner owner) {
    this.loop = loop;
    this.channel = channel;
    this.engine = engine;
    this.owner = owner;
  }

  void key(SelectionKey selectionKey) {
    this.key = selectionKey;
  }

  /** Sends, while the owner is called or between turns. */
  void send(byte[]... packets) {
    try {
      encrypt(packets);
      flush();
    } catch (IOException e) {
      end(e.toString());
    }
  }

  /** Drops the connection. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is as good as closed.
    }
  }

  /** The selector has news. */
  void ready() {
    try {
      if (key.isConnectable()) {
        channel.finishConnect();
        begin();
      } else if (key.isWritable()) {
        if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && !open) {
          begin();
        } else {
          flush();
        }
      }
      if (key.isValid() && key.isReadable()) {
        read();
      }
    } catch (EOFException e) {
      end(open ? null : "the connection was closed during the handshake");
    } catch (SSLException e) {
      end("TLS: " + e.getMessage());
    } catch (IOException e) {
      end(e.toString());
    }
  }

  private void end(String why) {
    loop.out.clear();
    if (channel.isOpen()) {
      close();
      owner.ended(this, why);
    }
  }

  private void begin() throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    engine.beginHandshake();
    handshake();
    flush();
  }

  private void read() throws IOException {
    ByteBuffer in = loop.in.clear();
    if (rest != null) {
      in.put(rest);
      rest = null;
    }
    if (channel.read(in) < 0) {
      throw new EOFException();
    }
    in.flip();
    while (in.hasRemaining()) {
      ByteBuffer plain = loop.plain.clear();
      SSLEngineResult result = engine.unwrap(in, plain);
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new EOFException();
      }
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
        rest = new byte[in.remaining()];
        in.get(rest);
        break;
      }
      plain.flip();
      if (plain.hasRemaining()) {
        flush();
        owner.received(this, plain);
        if (!channel.isOpen()) {
          return;
        }
      }
      handshake();
    }
    flush();
  }

  /** Goes on with a handshake as far as that needs nothing from the other side. */
  private void handshake() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          for (Runnable task = engine.getDelegatedTask();
              task != null;
              task = engine.getDelegatedTask()) {
            task.run();
          }
        }
        case NEED_WRAP -> {
          if (engine.wrap(NOTHING, loop.out).getHandshakeStatus() == HandshakeStatus.FINISHED
              && !open) {
            open = true;
            owner.opened(this);
          }
        }
        default -> {
          return;
        }
      }
    }
  }

  private void encrypt(byte[]... packets) throws IOException {
    for (byte[] packet : packets) {
      ByteBuffer plain = ByteBuffer.wrap(packet);
      while (plain.hasRemaining()) {
        SSLEngineResult result = engine.wrap(plain, loop.out);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
          flush();
        } else if (result.getStatus() != SSLEngineResult.Status.OK) {
          throw new IOException("the connection takes nothing any more");
        }
      }
    }
  }

  private void flush() throws IOException {
    loop.out.flip();
    if (unsent != null) {
      ByteBuffer all = ByteBuffer.allocate(unsent.remaining() + loop.out.remaining());
      unsent = all.put(unsent).put(loop.out).flip();
    }
    ByteBuffer sending = unsent != null ? unsent : loop.out;
    if (sending.hasRemaining()) {
      channel.write(sending);
    }
    if (sending.hasRemaining()) {
      if (unsent == null) {
        unsent = ByteBuffer.allocate(sending.remaining()).put(sending).flip();
      }
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    } else if (unsent != null) {
      unsent = null;
      key.interestOps(SelectionKey.OP_READ);
    }
    loop.out.clear();
  }
}
