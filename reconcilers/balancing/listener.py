"""Listeners: the ports of a load balancer. The default answers 503; every service is reached by a rule of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from reconcilers.aws import Aws
from reconcilers.balancing.described import balancing, elbv2_tag
from reconcilers.balancing.load_balancer import LoadBalancer
from reconcilers.facts import Facts
from reconcilers.keys import Key, Link, Ref
from reconcilers.ownership import tag_list
from reconcilers.reconciler import Look, Made, Reconciler
from reconcilers.resource import Immutable, Live, Resource, Shape
from reconcilers.topology import balancers
from specs import Instance

AWS_TLS_POLICY = "ELBSecurityPolicy-2016-08"
"""What AWS fills in for a listener made through the API without a policy (ledger 5.3)."""


class FixedResponse(Shape):
    status_code: str
    content_type: str | None = None
    message_body: str | None = None


class Answer(Shape):
    type: str = "fixed-response"
    fixed_response_config: FixedResponse | None = None
    """None for an action of another type: somebody's, and not what is wanted."""


NO_SUCH_SERVICE = Answer(
    fixed_response_config=FixedResponse(status_code="503", content_type="text/plain", message_body="no such service")
)


class Certificate(Shape):
    certificate_arn: str


class Listener(Resource):
    load_balancer_arn: Immutable[Link]
    port: int
    protocol: str
    certificates: tuple[Certificate, ...] | None = None
    ssl_policy: str | None = None
    """None for a listener without TLS."""
    default_actions: tuple[Answer, ...] = (NO_SUCH_SERVICE,)


class Listeners(Reconciler[Listener]):
    kind = Listener
    needs = (LoadBalancer,)
    unmanaged = {  # noqa: RUF012  ClassVar in Reconciler
        "ListenerArn": "it is the id",
    }

    def desired(self, instance: Instance, facts: Facts) -> Iterator[tuple[Key, Listener]]:
        for balancer in balancers(instance):
            for name, spec in balancer.spec.listeners.items():
                tls = spec.certificate is not None
                yield (
                    Listener.key(instance.address, balancer.part(name)),
                    Listener(
                        load_balancer_arn=Ref(LoadBalancer.key(instance.address, balancer.name), "arn"),
                        port=spec.port,
                        protocol=spec.protocol,
                        certificates=(Certificate(certificate_arn=spec.certificate),) if spec.certificate else None,
                        ssl_policy=(spec.tls_policy or AWS_TLS_POLICY) if tls else None,
                    ),
                )

    def observe(self, aws: Aws, look: Look) -> Iterator[Live[Listener]]:
        seen = balancing(aws, look)
        places = {(want.load_balancer_arn, want.port): key for key, want in look.wanted(Listener).items()}
        for found in seen.listeners:
            arn, tags = found["ListenerArn"], seen.tags.get(found["ListenerArn"], {})
            place = (found["LoadBalancerArn"], found.get("Port"))
            if key := look.whose(Listener, tags, natural=partial(places.get, place)):
                yield Live(key, arn, Listener.from_aws(found, tags=tags), {"arn": arn})

    def create(self, aws: Aws, key: Key, want: Listener, name: str) -> Made:
        listener = aws.elbv2.create_listener(**want.to_aws(), Tags=tag_list(want.tags or {}))["Listeners"][0]
        return {"id": listener["ListenerArn"], "arn": listener["ListenerArn"]}

    def update(self, aws: Aws, live: Live[Listener], want: Listener, changed: frozenset[str]) -> None:
        """Protocol, certificate and policy go together: HTTPS is refused without one, HTTP with one (ledger 5.3)."""
        if changed & {"protocol", "certificates", "ssl_policy"}:
            changed |= {"protocol", "certificates", "ssl_policy"}
        aws.elbv2.modify_listener(ListenerArn=live.id, **want.to_aws(changed))

    def delete(self, aws: Aws, live: Live[Listener]) -> None:
        aws.elbv2.delete_listener(ListenerArn=live.id)

    def tag(self, aws: Aws, live: Live[Listener], put: Mapping[str, str], drop: tuple[str, ...]) -> None:
        elbv2_tag(aws, live.id, put, drop)
