package io.mintmark.simulators.fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Stands between clients and a server on TCP, on one thread for all connections, and lets the network
 * go bad for as many of them as wanted. Faults add up; what is applied and lifted holds for
 * connections there are and for new ones. Thread-safe.
 *
 * <p>The device SDK's tests have a smaller one of their own, a thread a connection: that module comes
 * before this one.
 */
public final class FaultProxy implements AutoCloseable {

  private static final int BACKLOG = 1024;
  private static final int SCRATCH = 64 * 1024;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final InetSocketAddress target;
  private final Consumer<String> told;
  private final ServerSocketChannel listening;
  private final int port;
  private final EventLoop loop;
  private final Set<Link> links = new HashSet<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
  private final SplittableRandom random = new SplittableRandom(1);
  private volatile List<Conditions.Held> held = List.of();
  private volatile int open;
  private long accepted;
  private SelectionKey accepting;

  private FaultProxy(InetSocketAddress target, Consumer<String> told, ServerSocketChannel listening)
      throws IOException {
    this.target = target;
    this.told = told;
    this.listening = listening;
    port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
    loop = new EventLoop("fault-proxy-" + port);
  }

  /**
   * Listens.
   *
   * @param at where; port 0 for a free one
   * @param target where connections go
   */
  public static FaultProxy start(InetSocketAddress at, InetSocketAddress target)
      throws IOException {
    return start(at, target, line -> {});
  }

  /**
   * The same.
   *
   * @param told one line for each thing that is done to a connection; must return at once
   */
  public static FaultProxy start(
      InetSocketAddress at, InetSocketAddress target, Consumer<String> told) throws IOException {
    ServerSocketChannel listening = ServerSocketChannel.open();
    try {
      listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listening.bind(at, BACKLOG);
      listening.configureBlocking(false);
      FaultProxy proxy = new FaultProxy(target, told, listening);
      proxy.loop.call(proxy::listen);
      return proxy;
    } catch (IOException e) {
      listening.close();
      throw e;
    }
  }

  private void listen() {
    try {
      accepting = loop.watch(listening, SelectionKey.OP_ACCEPT, this::accept);
    } catch (IOException e) {
      throw new IllegalStateException("nothing was closed yet", e);
    }
  }

  /** Where clients connect to. */
  public int port() {
    return port;
  }

  /** How many connections there are. */
  public int connections() {
    return open;
  }

  /**
   * Lets something go bad from now on; returns when it has.
   *
   * @param share of the connections, above 0 and at most 1
   * @param seed decides which
   */
  public Applied apply(Fault fault, double share, long seed) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a share of " + share + " is not above 0 and at most 1");
    }
    Conditions.Held begun = new Conditions.Held(fault, share, seed, System.nanoTime());
    loop.call(() -> {
      List<Conditions.Held> all = new ArrayList<>(held);
      all.add(begun);
      held = List.copyOf(all);
      List.copyOf(links).forEach(link -> link.meet(begun));
    });
    return () -> lift(begun);
  }

  private void lift(Conditions.Held ended) {
    loop.call(() -> {
      if (held.contains(ended)) {
        held = held.stream().filter(each -> !each.equals(ended)).toList();
        List.copyOf(links).forEach(Link::lifted);
      }
    });
  }

  private void accept() {
    try {
      for (SocketChannel client = listening.accept(); client != null; client = listening.accept()) {
        begin(client);
      }
    } catch (IOException e) {
      // Out of file descriptors, most likely: they come back when connections end.
      accepting.interestOps(0);
      loop.at(System.nanoTime() + PAUSE_NANOS, () -> accepting.interestOps(SelectionKey.OP_ACCEPT));
    }
  }

  private void begin(SocketChannel client) {
    try {
      client.configureBlocking(false);
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Link link = new Link(this, loop, ++accepted, client);
      links.add(link);
      open = links.size();
      link.open(target);
      held.forEach(link::meetNew);
    } catch (IOException e) {
      Side.resetQuietly(client);
    }
  }

  List<Conditions.Held> held() {
    return held;
  }

  ByteBuffer scratch() {
    return scratch;
  }

  SplittableRandom random() {
    return random;
  }

  void gone(Link link) {
    links.remove(link);
    open = links.size();
  }

  void tell(Link link, String what) {
    told.accept(link + ": " + what);
  }

  /** Stops listening and ends all connections in order; returns when they have ended. */
  @Override
  public void close() {
    loop.call(() -> {
      try {
        listening.close();
      } catch (IOException e) {
        // Then nobody comes any more.
      }
      List.copyOf(links).forEach(Link::close);
    });
    loop.close();
  }
}
