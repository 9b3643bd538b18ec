package io.mintmark.cli;

import io.mintmark.identity.TopicGrants;
import io.mintmark.provisioning.GrantForm;
import io.mintmark.provisioning.yaml.YamlException;
import io.mintmark.provisioning.yaml.YamlNode.Scalar;
import io.mintmark.provisioning.yaml.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Grants as arguments: a topic filter, or a mapping of YAML in braces as in a fleet's file. */
final class GrantArguments {

  private GrantArguments() {}

  /**
   * @throws IllegalArgumentException if one is no grant
   * @throws YamlException if one in braces is no YAML
   */
  static TopicGrants read(List<String> publish, List<String> subscribe) throws YamlException {
    return GrantForm.read(forms(publish), forms(subscribe));
  }

  private static List<Object> forms(List<String> arguments) throws YamlException {
    List<Object> forms = new ArrayList<>();
    for (String argument : arguments) {
      forms.add(argument.startsWith("{") ? map(argument) : argument);
    }
    return forms;
  }

  private static Map<String, Object> map(String argument) throws YamlException {
    Map<String, Object> map = new LinkedHashMap<>();
    YamlReader.read(argument).entries().forEach((key, entry) -> {
      String text = entry.value() instanceof Scalar scalar ? scalar.text() : "";
      map.put(key, key.equals("qos") && text.matches("[0-9]") ? Integer.valueOf(text) : text);
    });
    return map;
  }
}
