"""Functions and routes: app.py, the template and the API name the same ones."""

from fnmatch import fnmatchcase
from typing import Any


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def without_versions(value: Any) -> Any:
    """What an integration or a permission names where functions have no versions."""
    if "Fn::If" not in value:  # one that never has any
        return value
    condition, _, function = value["Fn::If"]
    assert condition == "HasVersions"
    return function


def routes_by_function(resources: dict[str, Any]) -> dict[str, list[str]]:
    """Route keys by the logical id of the function they end at."""
    integrations = of_type(resources, "AWS::ApiGatewayV2::Integration")
    found: dict[str, list[str]] = {}
    for route in of_type(resources, "AWS::ApiGatewayV2::Route").values():
        assert route["ApiId"] == {"Ref": "Api"}
        target = route["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
        function, attribute = without_versions(integrations[target]["IntegrationUri"])["Fn::GetAtt"]
        assert attribute == "Arn"
        found.setdefault(function, []).append(route["RouteKey"])
    return found


def logical_ids(names: tuple[str, ...]) -> set[str]:
    found = {"".join(part.capitalize() for part in name.split("_")) for name in names}
    assert len(found) == len(names)
    return found


def test_app_the_template_and_the_routes_name_the_same_functions(
    endpoints: tuple[str, ...],
    operations: tuple[str, ...],
    functions: dict[str, Any],
    resources: dict[str, Any],
) -> None:
    assert set(functions) == logical_ids(endpoints + operations)
    assert set(routes_by_function(resources)) == logical_ids(endpoints)


def test_a_function_runs_the_handler_of_the_file_it_is_named_for(
    endpoints: tuple[str, ...], operations: tuple[str, ...], functions: dict[str, Any]
) -> None:
    handlers = {function["Handler"] for function in functions.values()}
    expected = {f"chalicelib.endpoints.{name}.handler" for name in endpoints}
    expected |= {f"chalicelib.operations.{name}.handler" for name in operations}
    assert handlers == expected


def test_every_route_takes_any_method_and_no_two_are_alike(resources: dict[str, Any]) -> None:
    keys = [key for keys in routes_by_function(resources).values() for key in keys]
    assert all(key.startswith("ANY /") for key in keys)
    assert len(set(keys)) == len(keys)


def test_the_well_known_paths_are_where_the_specifications_put_them(resources: dict[str, Any]) -> None:
    assert set(routes_by_function(resources)["Metadata"]) == {
        "ANY /.well-known/openid-configuration",
        "ANY /.well-known/oauth-authorization-server",
        "ANY /.well-known/webfinger",
    }


def test_integrations_hand_over_payload_2(resources: dict[str, Any]) -> None:
    integrations = of_type(resources, "AWS::ApiGatewayV2::Integration")
    for integration in integrations.values():
        assert integration["IntegrationType"] == "AWS_PROXY"
        assert integration["PayloadFormatVersion"] == "2.0"
    uris = [without_versions(one["IntegrationUri"])["Fn::GetAtt"][0] for one in integrations.values()]
    assert len(set(uris)) == len(uris)


def test_a_function_is_invoked_by_this_api_on_its_own_paths_alone(
    endpoints: tuple[str, ...], resources: dict[str, Any]
) -> None:
    given = of_type(resources, "AWS::Lambda::Permission").values()
    permissions = [one for one in given if one["Principal"] == "apigateway.amazonaws.com"]
    routes = routes_by_function(resources)
    paths = {key.removeprefix("ANY ") for keys in routes.values() for key in keys}
    assert len(permissions) == len(endpoints)
    for permission in permissions:
        assert permission["Action"] == "lambda:InvokeFunction"
        api, pattern = permission["SourceArn"]["Fn::Sub"].split("/*/*")
        assert api == "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}"
        own = {
            key.removeprefix("ANY ") for key in routes[without_versions(permission["FunctionName"])["Ref"]]
        }
        assert {path for path in paths if fnmatchcase(path, pattern)} == own


def test_the_gateway_leaves_cors_to_the_functions(resources: dict[str, Any]) -> None:
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api").values()
    assert api["ProtocolType"] == "HTTP"
    assert "CorsConfiguration" not in api


def test_the_only_stage_is_the_root_throttled_and_logged(resources: dict[str, Any]) -> None:
    (stage,) = of_type(resources, "AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert set(stage["DefaultRouteSettings"]) == {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
    assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["ApiLog", "Arn"]}


def test_the_access_log_has_no_query_string_header_or_identity(resources: dict[str, Any]) -> None:
    (stage,) = of_type(resources, "AWS::ApiGatewayV2::Stage").values()
    log_format = stage["AccessLogSettings"]["Format"]
    for secret in ("$context.path", "querystring", "header", "authorizer", "context.identity.user"):
        assert secret not in log_format


def test_chalices_defaults_reach_no_function(endpoints: tuple[str, ...], functions: dict[str, Any]) -> None:
    for name, function in functions.items():
        # An endpoint ends before the API gives up on it; an operation has a time of its own.
        assert function["Timeout"] == 29 or name not in logical_ids(endpoints)
        assert function["MemorySize"] == {"Ref": "FunctionMemory"}
        assert "Fn::GetAtt" in function["Role"]


def test_every_log_group_forgets(resources: dict[str, Any], functions: dict[str, Any]) -> None:
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert len(groups) == len(functions) + 1
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionInDays"} for group in groups.values())
    used = {function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions.values()}
    assert used | {"ApiLog"} == set(groups)
