package io.mintmark.device;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpsExchange;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * An HTTPS server that answers one request a connection and says the time of a clock of its own,
 * which the JDK's server cannot be told to.
 */
final class DatedHttpsServer implements AutoCloseable {

  private final Supplier<Clock> clock;
  private final SSLServerSocket listener;
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "test-https");
    thread.setDaemon(true);
    return thread;
  });

  DatedHttpsServer(SSLContext tls, Supplier<Clock> clock) throws IOException {
    this.clock = clock;
    listener = (SSLServerSocket)
        tls.getServerSocketFactory().createServerSocket(0, 200, InetAddress.getLoopbackAddress());
    listener.setWantClientAuth(true);
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Has requests whose path begins so answered. */
  void on(String path, HttpHandler handler) {
    handlers.put(path, handler);
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket socket = (SSLSocket) listener.accept();
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed, as it may be.
    }
  }

  private void serve(SSLSocket socket) {
    try (socket) {
      socket.setSoTimeout(30_000);
      socket.setTcpNoDelay(true);
      Exchange exchange = new Exchange(socket);
      String path = exchange.uri.getPath();
      HttpHandler handler = handlers.entrySet().stream()
          .filter(e -> path.startsWith(e.getKey()))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(e -> e.sendResponseHeaders(404, -1));
      handler.handle(exchange);
      exchange.close();
    } catch (IOException | RuntimeException e) {
      // The connection is gone, and the client will see that.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // Gone already.
    }
    threads.shutdownNow();
  }

  /** One request and its answer, which is sent when it is closed; not at all without a status. */
  private final class Exchange extends HttpsExchange {
    private final SSLSocket socket;
    private final String method;
    private final URI uri;
    private final Headers asked = new Headers();
    private final Headers answered = new Headers();
    private final InputStream body;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private int status = -1;

    Exchange(SSLSocket socket) throws IOException {
      this.socket = socket;
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String[] request = line(in).split(" ", 3);
      method = request[0];
      uri = URI.create(request[1]);
      for (String header = line(in); !header.isEmpty(); header = line(in)) {
        String[] parts = header.split(":", 2);
        asked.add(parts[0], parts[1].strip());
      }
      String length = asked.getFirst("Content-Length");
      body = new ByteArrayInputStream(
          length == null ? new byte[0] : in.readNBytes(Integer.parseInt(length)));
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new IOException("the client is gone");
        }
        line.append((char) b);
      }
      return line.toString().strip();
    }

    @Override
    public void sendResponseHeaders(int code, long length) {
      status = code;
    }

    @Override
    public void close() {
      try (socket) {
        if (status < 0) {
          return;
        }
        answered.set(
            "Date",
            DateTimeFormatter.RFC_1123_DATE_TIME.format(
                clock.get().instant().atOffset(ZoneOffset.UTC)));
        answered.set("Content-Length", Integer.toString(answer.size()));
        answered.set("Connection", "close");
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " as told\r\n");
        answered.forEach((name, values) ->
            head.append(name).append(": ").append(values.get(0)).append("\r\n"));
        OutputStream out = socket.getOutputStream();
        out.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.write(answer.toByteArray());
        out.flush();
        status = -1;
      } catch (IOException e) {
        // The client is gone.
      }
    }

    @Override
    public Headers getRequestHeaders() {
      return asked;
    }

    @Override
    public Headers getResponseHeaders() {
      return answered;
    }

    @Override
    public URI getRequestURI() {
      return uri;
    }

    @Override
    public String getRequestMethod() {
      return method;
    }

    @Override
    public InputStream getRequestBody() {
      return body;
    }

    @Override
    public OutputStream getResponseBody() {
      return answer;
    }

    @Override
    public int getResponseCode() {
      return status;
    }

    @Override
    public SSLSession getSSLSession() {
      return socket.getSession();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
      return (InetSocketAddress) socket.getRemoteSocketAddress();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public String getProtocol() {
      return "HTTP/1.1";
    }

    @Override
    public HttpContext getHttpContext() {
      return null;
    }

    @Override
    public Object getAttribute(String name) {
      return null;
    }

    @Override
    public void setAttribute(String name, Object value) {}

    @Override
    public void setStreams(InputStream in, OutputStream out) {}

    @Override
    public HttpPrincipal getPrincipal() {
      return null;
    }
  }
}
