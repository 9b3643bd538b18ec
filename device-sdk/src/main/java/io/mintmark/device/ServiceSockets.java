package io.mintmark.device;

import io.mintmark.identity.AnyAddressFactory;
import io.mintmark.identity.AnyAddressSocket;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * The connections to the service that are open, so that they can be cut: {@link
 * javax.net.ssl.HttpsURLConnection} does not heed interrupts, and would have a client that was closed
 * wait for a service that does not answer. Thread-safe.
 */
final class ServiceSockets {

  private final Set<Socket> open = new HashSet<>();
  private boolean closed;

  /** The same context, whose connections are known here. */
  SSLContext over(SSLContext context) {
    return new Tracked(new Spi(context), context);
  }

  /** Cuts what is open: each request under way fails. */
  void abort() {
    List<Socket> all;
    synchronized (this) {
      all = new ArrayList<>(open);
    }
    for (Socket socket : all) {
      try {
        // Under TLS's feet, which would wait for a peer that does not read.
        socket.close();
      } catch (IOException e) {
        // Closed is what it was to be.
      }
    }
  }

  /** Cuts what is open, and whatever comes from now on. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    abort();
  }

  private synchronized Socket create() throws SocketException {
    if (closed) {
      throw new SocketException("the client was closed");
    }
    Socket socket = new AnyAddressSocket() {
      @Override
      public synchronized void close() throws IOException {
        forget(this);
        super.close();
      }
    };
    open.add(socket);
    return socket;
  }

  private synchronized void forget(Socket socket) {
    open.remove(socket);
  }

  private static final class Tracked extends SSLContext {
    Tracked(SSLContextSpi spi, SSLContext context) {
      super(spi, context.getProvider(), context.getProtocol());
    }
  }

  /** Makes TCP sockets that are known here; TLS above them is the context's own. */
  private final class Factory extends AnyAddressFactory {
    Factory(SSLSocketFactory tls) {
      super(tls);
    }

    @Override
    public Socket createSocket() throws IOException {
      return create();
    }
  }

  private final class Spi extends SSLContextSpi {
    private final SSLContext context;

    Spi(SSLContext context) {
      this.context = context;
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new Factory(context.getSocketFactory());
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("this context is complete");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return context.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return context.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return context.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context.getClientSessionContext();
    }
  }
}
