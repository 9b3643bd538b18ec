package io.mintmark.identity;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A TCP socket that connects to whichever address of a host answers. Each attempt asks for the
 * addresses again, begins at a random one, gives each the whole timeout, and fails when all have. So
 * neither an address that is dead nor one that takes connections and says nothing keeps a device
 * away for good. Its options are set once it is connected.
 *
 * <p>What is read can be {@linkplain #limit limited} in time as a whole: a peer that sends a byte now
 * and then meets every timeout of a single read.
 */
public class AnyAddressSocket extends Socket {

  /** Who knows the addresses of a host. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  private static final Random RANDOM = new Random();

  /** In {@link System#nanoTime}; null for never. */
  private volatile Long end;

  /** One that is not connected. */
  public AnyAddressSocket() throws SocketException {
    this(InetAddress::getAllByName);
  }

  AnyAddressSocket(Resolver resolver) throws SocketException {
    super(new Attempts(resolver));
  }

  /**
   * From now on, all reads together may take this long; after that each fails at once. The timeout of
   * each read holds besides. For who reads, or before somebody does.
   *
   * @param all zero for no limit
   */
  public final void limit(Duration all) {
    end = all.isZero() ? null : System.nanoTime() + all.toNanos();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        Long until = end;
        return until == null
            ? in.read(bytes, offset, length)
            : read(bytes, offset, length, until - System.nanoTime());
      }

      private int read(byte[] bytes, int offset, int length, long leftNanos) throws IOException {
        int left = (int) Math.min(Integer.MAX_VALUE, leftNanos / 1_000_000);
        if (left <= 0) {
          throw new SocketTimeoutException("timed out: what came was not all of it");
        }
        int each = getSoTimeout();
        if (each > 0 && each <= left) {
          return in.read(bytes, offset, length);
        }
        setSoTimeout(left);
        try {
          return in.read(bytes, offset, length);
        } finally {
          if (!isClosed()) {
            setSoTimeout(each);
          }
        }
      }
    };
  }

  /** One socket after the other, until one is connected: a socket that failed cannot try again. */
  private static final class Attempts extends SocketImpl {

    private final Resolver resolver;
    private volatile Socket socket = new Socket();
    private volatile boolean closed;

    Attempts(Resolver resolver) {
      this.resolver = resolver;
    }

    @Override
    protected void connect(SocketAddress endpoint, int timeout) throws IOException {
      InetSocketAddress wanted = (InetSocketAddress) endpoint;
      List<InetAddress> addresses = new ArrayList<>(List.of(resolver.of(wanted.getHostString())));
      Collections.rotate(addresses, RANDOM.nextInt(addresses.size()));
      IOException failure = null;
      for (InetAddress candidate : addresses) {
        try {
          connect(new InetSocketAddress(candidate, wanted.getPort()), candidate, timeout);
          return;
        } catch (IOException e) {
          if (failure != null) {
            e.addSuppressed(failure);
          }
          failure = e;
        }
      }
      throw failure;
    }

    private void connect(InetSocketAddress to, InetAddress candidate, int timeout)
        throws IOException {
      Socket next = new Socket();
      socket = next;
      if (closed) {
        next.close();
      }
      try {
        next.connect(to, timeout);
      } catch (IOException e) {
        next.close();
        throw e;
      }
      address = candidate;
      port = to.getPort();
      localport = next.getLocalPort();
    }

    @Override
    protected void connect(String host, int toPort) throws IOException {
      connect(new InetSocketAddress(host, toPort), 0);
    }

    @Override
    protected void connect(InetAddress to, int toPort) throws IOException {
      connect(new InetSocketAddress(to, toPort), to, 0);
    }

    @Override
    protected void create(boolean stream) {
      // Each attempt makes its own.
    }

    @Override
    protected void close() throws IOException {
      closed = true;
      socket.close();
    }

    @Override
    protected InputStream getInputStream() throws IOException {
      return socket.getInputStream();
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    protected int available() throws IOException {
      return socket.getInputStream().available();
    }

    @Override
    protected void shutdownInput() throws IOException {
      socket.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
      switch (option) {
        case TCP_NODELAY -> socket.setTcpNoDelay((Boolean) value);
        case SO_TIMEOUT -> socket.setSoTimeout((Integer) value);
        case SO_KEEPALIVE -> socket.setKeepAlive((Boolean) value);
        case SO_LINGER -> {
          boolean on = value instanceof Integer;
          socket.setSoLinger(on, on ? (Integer) value : 0);
        }
        default -> throw new SocketException("socket option " + option + " is not for clients");
      }
    }

    @Override
    public Object getOption(int option) throws SocketException {
      return switch (option) {
        case TCP_NODELAY -> socket.getTcpNoDelay();
        case SO_TIMEOUT -> socket.getSoTimeout();
        case SO_KEEPALIVE -> socket.getKeepAlive();
        case SO_LINGER -> socket.getSoLinger();
        case SO_BINDADDR -> socket.getLocalAddress();
        default -> throw new SocketException("socket option " + option + " is not for clients");
      };
    }

    @Override
    protected void bind(InetAddress host, int localPort) throws IOException {
      throw new SocketException("it is bound when it connects");
    }

    @Override
    protected void listen(int backlog) throws IOException {
      throw new SocketException("it connects and does not listen");
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
      throw new SocketException("it connects and does not listen");
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
      socket.sendUrgentData(data);
    }
  }
}
