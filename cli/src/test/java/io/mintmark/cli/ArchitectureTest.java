package io.mintmark.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The dependency directions of docs/architecture.md, held against the compiled modules. */
class ArchitectureTest {

  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .withImportOption(location -> !location.contains("-tests.jar"))
      .withImportOption(location -> !location.contains("/testing/"))
      .importPackages("io.mintmark");

  private static final String IDENTITY = "io.mintmark.identity..";
  private static final String PROVISIONING = "io.mintmark.provisioning..";
  private static final String BROKER = "io.mintmark.broker..";
  private static final String DEVICE = "io.mintmark.device..";
  private static final String SIMULATORS = "io.mintmark.simulators..";
  private static final String CLI = "io.mintmark.cli..";

  @Test
  void everyModuleIsLookedAt() {
    for (String module : new String[] {IDENTITY, PROVISIONING, BROKER, DEVICE, SIMULATORS, CLI}) {
      check(classes()
          .that()
          .resideInAPackage(module)
          .should()
          .resideInAPackage("io.mintmark..")
          .allowEmptyShould(false));
    }
  }

  @Test
  void identityNeedsTheJdkAlone() {
    check(classes()
        .that()
        .resideInAPackage(IDENTITY)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(IDENTITY, "java..", "javax.."));
  }

  @Test
  void theDeviceSdkNeedsIdentityAndPahoAlone() {
    check(classes()
        .that()
        .resideInAPackage(DEVICE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(DEVICE, IDENTITY, "org.eclipse.paho..", "java..", "javax.."));
  }

  @Test
  void modulesPointOneWay() {
    never(PROVISIONING, BROKER, DEVICE, SIMULATORS, CLI);
    never(BROKER, PROVISIONING, DEVICE, SIMULATORS, CLI);
    never(SIMULATORS, PROVISIONING, BROKER, CLI);
  }

  @Test
  void theDomainDoesNotKnowItsHttpDoors() {
    check(noClasses()
        .that()
        .resideInAPackage("io.mintmark.provisioning")
        .and()
        .doNotHaveSimpleName("ProvisioningService")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.mintmark.provisioning.http..", "io.javalin..", "jakarta.servlet.."));
    check(noClasses()
        .that()
        .resideInAnyPackage("io.mintmark.provisioning.ca..", "io.mintmark.provisioning.sql..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mintmark.provisioning.http..", "io.javalin.."));
  }

  @Test
  void theExtensionUsesThePublicSdkOnly() {
    check(noClasses()
        .that()
        .resideInAPackage(BROKER)
        .and()
        .haveNameNotMatching(".*\\.(MintmarkBroker|PipelineWarmUp|ListenerTls)(\\$.*)?")
        .should()
        .dependOnClassesThat(
            new com.tngtech.archunit.base.DescribedPredicate<>(
                "are HiveMQ's but not of its Extension SDK") {
              @Override
              public boolean test(com.tngtech.archunit.core.domain.JavaClass type) {
                return type.getPackageName().startsWith("com.hivemq.")
                    && !type.getPackageName().startsWith("com.hivemq.extension.sdk.");
              }
            }));
  }

  @Test
  void modulesAreFreeOfCycles() {
    check(slices().matching("io.mintmark.(*)..").should().beFreeOfCycles());
  }

  private static void never(String from, String... to) {
    check(noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to));
  }

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }
}
