package io.mintmark.broker;

import com.codahale.metrics.MetricRegistry;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.events.EventRegistry;
import com.hivemq.extension.sdk.api.parameter.ExtensionInformation;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.services.ManagedExtensionExecutorService;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.admin.AdminService;
import com.hivemq.extension.sdk.api.services.auth.SecurityRegistry;
import com.hivemq.extension.sdk.api.services.auth.provider.AuthenticatorProvider;
import com.hivemq.extension.sdk.api.services.intializer.InitializerRegistry;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import com.hivemq.extension.sdk.api.services.subscription.SubscriptionStore;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What HiveMQ offers an extension, without HiveMQ. One of the calls the extension makes, counted from
 * 1, can be made to fail.
 */
final class FakeHiveMq implements AutoCloseable {

  final List<String> calls = new ArrayList<>();

  /** What the extension gave HiveMQ, whether or not it went on to start; null for nothing. */
  AuthenticatorProvider authenticators;

  /** Why the extension prevented its start; null if it did not. */
  String prevented;

  private int failingCall;
  private Supplier<Throwable> fault;

  FakeHiveMq() throws ReflectiveOperationException {
    Map<String, Object> services = new HashMap<>();
    for (Class<?> type : List.of(
        AdminService.class,
        ClientService.class,
        EventRegistry.class,
        InitializerRegistry.class,
        ManagedExtensionExecutorService.class,
        SecurityRegistry.class,
        SubscriptionStore.class)) {
      services.put(type.getCanonicalName(), FakeConnect.proxy(type, (p, method, args) -> {
        if (method.getDeclaringClass() == Object.class) {
          return method.getName().equals("hashCode") ? 1 : method.getName();
        }
        call(method.getName());
        if (method.getName().equals("setAuthenticatorProvider")) {
          authenticators = (AuthenticatorProvider) args[0];
        }
        return method.getReturnType() == CompletableFuture.class
            ? CompletableFuture.completedFuture(true)
            : null;
      }));
    }
    services.put(MetricRegistry.class.getCanonicalName(), new MetricRegistry());
    set(services);
  }

  /** From now on this call fails. */
  void failAt(int call, Supplier<Throwable> with) {
    calls.clear();
    authenticators = null;
    prevented = null;
    failingCall = call;
    fault = with;
  }

  private void call(String name) throws Throwable {
    calls.add(name);
    if (calls.size() == failingCall) {
      throw fault.get();
    }
  }

  void start(MintmarkExtension extension, Path home) {
    ExtensionInformation information = FakeConnect.fake(
        ExtensionInformation.class, Map.of("getExtensionHomeFolder", home.toFile()));
    extension.extensionStart(
        FakeConnect.fake(ExtensionStartInput.class, Map.of("getExtensionInformation", information)),
        FakeConnect.proxy(ExtensionStartOutput.class, (p, method, args) -> {
          prevented = (String) args[0];
          return null;
        }));
  }

  /** What the authenticator decides, as HiveMQ would ask it: also after a start that failed. */
  String decide(FakeConnect connect) {
    ((SimpleAuthenticator) authenticators.getAuthenticator(null))
        .onConnect(connect.input, connect.output);
    return connect.decided;
  }

  private static void set(Map<String, Object> services) throws ReflectiveOperationException {
    Field field = Services.class.getDeclaredField("services");
    field.setAccessible(true);
    field.set(null, services);
  }

  @Override
  public void close() throws ReflectiveOperationException {
    set(null);
  }
}
