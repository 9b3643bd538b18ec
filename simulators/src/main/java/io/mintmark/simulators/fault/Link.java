package io.mintmark.simulators.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;

/** One connection through the proxy: two of TCP, and what passes between them. For the loop alone. */
final class Link {

  /** Something that may find a side gone. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  private final FaultProxy proxy;
  private final EventLoop loop;
  private final long number;
  private final long began = System.nanoTime();
  private final FirstWord firstWord = new FirstWord();
  private final Side client;
  private Side server;
  private OneWay up;
  private OneWay down;
  private boolean connecting;
  private boolean missed;
  private boolean over;
  private List<Conditions.Held> known;
  private Conditions conditions;

  /** A client that has just been accepted. */
  Link(FaultProxy proxy, EventLoop loop, long number, SocketChannel accepted) throws IOException {
    this.proxy = proxy;
    this.loop = loop;
    this.number = number;
    client = new Side(loop, accepted, 0, this::clientReady);
  }

  /** Begins: by connecting to the server, as far as the faults let it. */
  void open(InetSocketAddress target) {
    if (conditions().refused()) {
      reset("refused");
    } else if (conditions().isSilent(began)) {
      missed = true;
      up = new OneWay(this, loop, client, null, false);
      client.want(SelectionKey.OP_READ, true);
      proxy.tell(this, "not answered");
    } else {
      guarded(client, () -> connect(target));
    }
  }

  private void connect(InetSocketAddress target) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      InetAddress from = mirrored(target);
      if (from != null) {
        channel.bind(new InetSocketAddress(from, 0));
      }
      connecting = true;
      boolean connected = channel.connect(target);
      server = new Side(loop, channel, SelectionKey.OP_CONNECT, this::serverReady);
      if (connected) {
        connected();
      }
    } catch (IOException e) {
      Side.resetQuietly(channel);
      throw e;
    }
  }

  /**
   * The loopback address the client comes from, if it is another than everybody's: one address has some
   * 28,000 ports towards one server, and servers have limits for an address. Else null.
   */
  private InetAddress mirrored(InetSocketAddress target) throws IOException {
    InetAddress from = ((InetSocketAddress) client.channel().getRemoteAddress()).getAddress();
    boolean own = from.isLoopbackAddress() && target.getAddress().isLoopbackAddress();
    return own && !from.equals(target.getAddress()) ? from : null;
  }

  private void connected() throws IOException {
    connecting = false;
    server.want(SelectionKey.OP_CONNECT, false);
    up = new OneWay(this, loop, client, server, false);
    down = new OneWay(this, loop, server, client, true);
    client.want(SelectionKey.OP_READ, true);
    server.want(SelectionKey.OP_READ, true);
  }

  private void clientReady() {
    if (client.can(SelectionKey.OP_READ)) {
      guarded(client, () -> up.read());
    }
    if (client.can(SelectionKey.OP_WRITE)) {
      guarded(client, () -> down.flush());
    }
  }

  private void serverReady() {
    if (connecting && server.can(SelectionKey.OP_CONNECT)) {
      guarded(server, () -> {
        server.channel().finishConnect();
        connected();
      });
      return;
    }
    if (server.can(SelectionKey.OP_READ)) {
      guarded(server, () -> down.read());
    }
    if (server.can(SelectionKey.OP_WRITE)) {
      guarded(server, () -> up.flush());
    }
  }

  /** Does something; if that shows that a side is gone, so is the other, unless nobody is told. */
  void guarded(Side concerned, Step step) {
    if (over) {
      return;
    }
    try {
      step.run();
    } catch (IOException e) {
      if (!connecting && loses(concerned == server, System.nanoTime())) {
        missed();
        concerned.close();
      } else {
        reset(null);
      }
    }
  }

  /** What holds for it now. */
  Conditions conditions() {
    List<Conditions.Held> now = proxy.held();
    if (known != now) {
      known = now;
      conditions = Conditions.of(now, number, began);
    }
    return conditions;
  }

  /** A delay by these conditions, in nanoseconds. */
  long delay(Conditions by) {
    long spread = by.mostDelay() - by.leastDelay();
    return by.leastDelay() + (spread > 0 ? (long) (proxy.random().nextDouble() * spread) : 0);
  }

  /** A buffer that all share, for what is read at once. */
  ByteBuffer scratch() {
    return proxy.scratch();
  }

  /** Hears what the client says. */
  void hear(ByteBuffer bytes) {
    firstWord.read(bytes);
  }

  /** Whether what goes this way now is lost. */
  boolean loses(boolean answers, long now) {
    Conditions by = conditions();
    return by.isSilent(now) || (answers && by.losesAnswers() && firstWord.isSaid());
  }

  /** Something did not arrive. */
  void missed() {
    if (!missed) {
      missed = true;
      proxy.tell(this, conditions().losesAnswers() ? "answers lost" : "silent");
    }
  }

  /** Resets it if that is due in place of an answer. */
  boolean isResetNow() {
    boolean due = conditions().resetsAnswered() && firstWord.isSaid();
    if (due) {
      reset("reset in place of an answer");
    }
    return due;
  }

  /** A fault begins: resets it if that is what it does, now or at its moment. */
  void meet(Conditions.Held held) {
    if (held.fault() instanceof Fault.Reset reset && held.meets(number)) {
      if (reset.within().isZero()) {
        reset("reset");
      } else {
        meetLater(held, reset);
      }
    }
  }

  /** The same for a connection that is new. */
  void meetNew(Conditions.Held held) {
    if (held.fault() instanceof Fault.Reset reset
        && !reset.within().isZero()
        && held.meets(number)) {
      meetLater(held, reset);
    }
  }

  private void meetLater(Conditions.Held held, Fault.Reset reset) {
    loop.at(held.onset(reset.within(), number, began), () -> {
      if (proxy.held().contains(held)) {
        reset("reset");
      }
    });
  }

  /** A fault is over: what missed something cannot go on. */
  void lifted() {
    Conditions by = conditions();
    if (missed && !by.losesAnswers() && !by.isSilent(System.nanoTime())) {
      reset("reset, as something is missing");
    }
  }

  /** The end of one way was passed on. */
  void passed() {
    if (up.isPassed() && down.isPassed()) {
      close();
    }
  }

  /**
   * Ends it with RST, both ways.
   *
   * @param why for who wants to know; null if it was none of ours
   */
  private void reset(String why) {
    if (over) {
      return;
    }
    if (why != null) {
      proxy.tell(this, why);
    }
    client.reset();
    if (server != null) {
      server.reset();
    }
    gone();
  }

  /** Ends it in order, both ways. */
  void close() {
    client.close();
    if (server != null) {
      server.close();
    }
    gone();
  }

  private void gone() {
    over = true;
    proxy.gone(this);
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
