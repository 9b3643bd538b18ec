package io.mintmark.simulators;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes a broker acknowledge every message and forget one telemetry message in ten. */
final class TestLoss implements ExtensionMain {

  private static final int ONE_IN = 10;

  private final AtomicInteger messages = new AtomicInteger();

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    Services.initializerRegistry()
        .setClientInitializer((client, context) ->
            context.addPublishInboundInterceptor((publish, answer) -> {
              boolean telemetry = publish
                  .getPublishPacket()
                  .getPayload()
                  .map(p -> p.get(0) == '{')
                  .orElse(false);
              if (telemetry && messages.incrementAndGet() % ONE_IN == 0) {
                answer.preventPublishDelivery(AckReasonCode.SUCCESS);
              }
            }));
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}
}
