package io.mintmark.simulators;

import io.mintmark.identity.Credential;
import io.mintmark.identity.TopicGrants;
import java.io.IOException;

/** A service whose devices publish, and whose applications receive. */
public interface PublishInstallation extends EnrolmentService {

  /**
   * Creates an application, or gives it these grants, and obtains a certificate for it.
   *
   * @return a new key and its chain
   * @throws IOException as of {@link EnrolmentService}
   */
  Credential application(String name, TopicGrants grants) throws IOException;
}
