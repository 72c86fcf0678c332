"""moto's answers are kept, and never an old one is given."""

from sandbox import elsewhere


def test_an_answer_is_kept_as_long_as_its_store_is_the_same(aws, clock, monkeypatch):
    work = []
    answer = elsewhere._answer

    def counted(call, request):
        work.append(str(call))
        return answer(call, request)

    monkeypatch.setattr(elsewhere, "_answer", counted)
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    def asked():
        work.clear()
        told = ec2.describe_vpcs(VpcIds=[vpc])
        (found,) = told["Vpcs"]
        return found.get("Tags"), told["ResponseMetadata"]["HTTPHeaders"]["date"]

    _, first = asked()
    assert work == ["ec2:DescribeVpcs"]
    clock.advance(60)
    _, second = asked()
    assert (work, second > first) == ([], True), "the same answer, at its own time"
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}])
    assert asked()[0] == [{"Key": "a", "Value": "b"}]
    ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a"}])
    assert not asked()[0]


def test_two_requests_with_one_answer_have_a_number_each(sandbox, aws):
    one, two = (aws("elbv2").describe_load_balancers()["ResponseMetadata"]["RequestId"] for _ in range(2))
    assert one != two
    assert two.endswith(f"{sandbox.calls:012d}")
